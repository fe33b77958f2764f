"""What build.py does, in small pieces. Standard library only: these modules run before anything is installed.

command  the command line                    fetch   third-party files, checked against assets.lock.json
console  what is said while working          node    Node.js and the npm packages
packs    Python code as compiled archives    site    dist/
serve    the local web server                venv    the virtual environment and programs of the tests
stages   the test run, stage by stage        notices THIRD_PARTY.md
"""
