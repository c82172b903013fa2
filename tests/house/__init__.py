"""The house rules (DESIGN, section 2) as functions from a text to complaints; tests/test_house.py uses them."""
