"""Reads texts for whoever started us, over a connection that we inherited (``serving``)."""

import sys
from multiprocessing.connection import Connection
from pathlib import Path

from feedback.second_look.serving import serve

if __name__ == "__main__":
    connection, file = sys.argv[1:]
    serve(Connection(int(connection)), Path(file))
