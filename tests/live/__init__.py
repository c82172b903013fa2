"""Tests of the live room: sessions, sockets, hub, and what pages and runs say to each other."""
