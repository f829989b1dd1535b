// Passes the browser on at once; without script the button on the page does the same.
document.getElementById("forward").submit();
