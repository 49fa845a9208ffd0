"""What spec/generate.py is made of: the numbered rules in big integers, and the cases that ask for them."""
