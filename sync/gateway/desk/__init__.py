"""The review page of the street's approvers: accounts, sessions, list, case and decisions, as plain pages."""
