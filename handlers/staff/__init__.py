"""What staff can say and tap: the complaint desk in their own chat."""
