package handler

func Main(
