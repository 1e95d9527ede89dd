// On a server nothing that was asked expires.

class QueryClient {
  queries = new Map();
  async prefetchQuery({ queryKey, queryFn }) {
    const key = JSON.stringify(queryKey);
    if (!this.queries.has(key)) this.queries.set(key, await queryFn());
  }
  clear() {
    this.queries.clear();
  }
}

module.exports = { QueryClient };
