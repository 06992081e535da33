async () => {
  const answered = (asked) => new Promise((done) => (asked.onsuccess = () => done(asked.result)));
  if (!(await indexedDB.databases()).some(({ name }) => name === "egs-skjema")) return 0;
  const opened = await answered(indexedDB.open("egs-skjema"));
  const rows = await answered(opened.transaction("drafts").objectStore("drafts").count());
  opened.close();
  return rows;
}
