# Each goal does all its own set-up; they need Node.js 20 or newer with npm, Go, and root with apt.
.PHONY: demo test check clean

demo: node_modules/.package-lock.json
	npm run --silent demo

test: node_modules/.package-lock.json
	npm run --silent test

check: node_modules/.package-lock.json
	npm run --silent check

# npm writes this file last, so a cut-off installation is done again. Not `npm ci`: it refuses a lock file without the
# optional packages of other platforms, and not every registry serves those.
node_modules/.package-lock.json: package.json package-lock.json
	npm install --no-save --no-audit --no-fund --loglevel=error
	touch $@

clean:
	rm -rf dist node_modules coverage
