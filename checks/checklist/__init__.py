"""The checklist: all rows as data, one file a layer, and the loader that makes `Control`s of them."""
