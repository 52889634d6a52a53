"""Reservations and charging profiles: requests whose results come later, walked as the state machines they are."""
