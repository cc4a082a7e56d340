"""Code signing, of which there is none here: no configuration can be made, so no function has one."""
