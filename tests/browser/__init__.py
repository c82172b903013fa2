"""What only a browser can show: the buttons a reader presses, and what is drawn after it."""
