"""The playground: a network to take hold of, in a browser or a notebook.

`pynn playground` and `pynn.play` open it.  session.py is what is behind the page, server.py and widget.py are its two hosts.
"""
