"""Signs of editing or damage in one recording (Art. 4: 声像信息不得剪接、删改): signs, never a proof of genuineness.

`examine.py` finds them, `span.py` says what is recorded. Nothing is imported here: naming a check loads no engine.
"""
