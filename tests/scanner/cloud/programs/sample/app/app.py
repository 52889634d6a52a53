# what the function runs
