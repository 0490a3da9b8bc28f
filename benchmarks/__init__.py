"""What is fast, small, lost or doubled, as commands anyone can run. See README.md beside this file."""
