"""What the account may use and uses."""
