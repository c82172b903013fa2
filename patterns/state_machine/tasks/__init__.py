"""What does the work of Task states in a scenario: which link it goes over, what is sent, and what the answer means."""
