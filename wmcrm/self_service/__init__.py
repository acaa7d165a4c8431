"""What people do about themselves, without an account, by links that were sent to them."""
