"""Words of time in Chinese, English or both: read without a clock (`parse`), understood with one (`resolve`), said back (`say`). Pure."""
