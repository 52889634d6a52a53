"""posture.json as types: what the reader accepts and what the published schema is generated from.

Version 1. A field that is added has a default, so that files of older programs stay readable; one that is renamed or
dropped makes a new version. Readers refuse what they do not know.
"""
