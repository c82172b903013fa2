"""What each pattern promises, as stories of small runs."""
