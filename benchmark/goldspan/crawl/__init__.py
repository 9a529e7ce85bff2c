"""Running extractors over a crawl: shards of its files, a pure function of one shard, and engines that map it."""
