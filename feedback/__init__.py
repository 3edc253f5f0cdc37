"""What customers tell us: understanding, satisfaction record, complaints."""
