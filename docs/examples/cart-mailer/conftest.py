from shop import server as server
