"""The reference OCPI service: an ASGI application factory, its storages, its deployment folder and its faults."""
