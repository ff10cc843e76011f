CREATE DATABASE quancheng OWNER paperless;
