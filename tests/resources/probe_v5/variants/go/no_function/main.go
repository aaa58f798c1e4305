package handler

var nothing = 5
