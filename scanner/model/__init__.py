"""The words of ocpi-posture as immutable types; nothing here looks, judges or prints."""
