"""Written documents 文字记录 (Art. 3): a scan in, a signed and searchable PDF/A with its fields out."""

import os

# ONNX Runtime, by which RapidOCR reads, keeps an identifier of the machine and a record of its use in the account's
# cache folder and sends them to its maker. It asks when it is loaded, so it is told here, before anything can load it.
os.environ["ORT_DISABLE_TELEMETRY"] = "1"
