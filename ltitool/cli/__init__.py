"""The words of the `ltitool` command. Only here may the practice LMS be started."""
