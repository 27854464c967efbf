"""An e-commerce API: catalogue, cart, orders, stock that is never oversold."""
