"""The engine for rows in a database: a plan and its relations in, statements out, their answers read as slots."""
