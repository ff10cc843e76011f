"""Scan to text layer: OCRmyPDF driving RapidOCR, or Tesseract."""
