"""Valid objects of every class and version: realistic, deterministic by seed, recognisable as ours by their ids."""

from scanner.model.ocpi.builder.build import CLASSES, LEFT_OUT, build

__all__ = ("CLASSES", "LEFT_OUT", "build")
