"""How the processes of one company share the work: who does what, one at a time, and each beat once."""
