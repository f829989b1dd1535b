"""What a participant gathers and says: photos, the power map, the team's analysis, the keystone."""
