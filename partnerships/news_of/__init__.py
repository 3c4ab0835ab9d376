"""What each noun of this room offers to the mailing, a module each."""
