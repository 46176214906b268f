// Lists a customer's orders as they type.
const row = Handlebars.compile("<li>{{{product}}}: {{pieces}}</li>");

$("#customer").on("input", async function () {
  const answer = await fetch("/orders?customer=" + this.value);
  const orders = await answer.json();
  $("#orders").html(orders.map(row).join(""));
});
