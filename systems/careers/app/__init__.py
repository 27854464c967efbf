"""A résumé and job-application manager: résumés, postings, applications, cover letters."""
