/* Scanfolio: beside a copy of a disc this file says what the copy holds (SCANFOLIO_DISC). Here there is none. */
