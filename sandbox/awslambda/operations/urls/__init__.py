"""The URLs of functions and aliases."""
