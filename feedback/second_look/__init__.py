"""The second look: a small transformer that reads again what the first look was unsure of.

It needs onnxruntime and tokenizers (the extra ``second-look``) and a file that ``rapport train
--second-look`` made. It reads English; of anything else it says nothing.
"""
