"""What is printed for an order. Edit this file while `sandbox dev` runs: a module the handler imports reloads it too."""


def receipt(order, spent):
    return f"{order['order_id']} for {order['customer']}: {spent} in all"
