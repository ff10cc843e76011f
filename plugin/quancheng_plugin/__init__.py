"""Written documents 文字记录 (Art. 3): a scan in, a signed and searchable PDF/A with its fields out."""

import os

# ONNX Runtime, by which RapidOCR reads, keeps an identifier of the machine and a record of its use in the account's
# cache folder and looks up its maker's servers. It asks when it is loaded: it is told here, before anything loads it.
os.environ["ORT_DISABLE_TELEMETRY"] = "1"
