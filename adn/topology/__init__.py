"""What the network is: elements, ducts, links and services in columns; and how to build one."""
