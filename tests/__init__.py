"""The manual: each test's name is a claim about the product. The folders mirror the rooms of the house."""
