"""The mailbox: a real SMTP server that keeps what is sent, and a page on which a person reads it.

It is a process of its own, run as ``python -m padstone.devservices.mailbox FOLDER SMTP_PORT
PAGE_PORT``. Mails are plain ``.eml`` files in the folder, each there in whole before the server
says that it has it, so that none is lost when the process is killed. SMTP asks for a user and a
password; the user's name is the *box*, which tells the mails of one system or test run from those
of others. The page lies below a path that nobody can guess, since every user of the machine can
reach its port. ``FOLDER`` and the loopback address are all that it touches.
"""
