"""placeholder"""
import shutil
import subprocess
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
WEB = ROOT / "web"


def build_web(folder):
    """Put the page that writes, its modules and its data into a folder."""
    import web_data

    npm("ci")
    subprocess.run(["node", WEB / "build.mjs", folder], check=True)
    web_data.export(folder / "data")


def npm(*arguments):
    """Run npm in web/, where package-lock.json says what it installs."""
    command = [shutil.which("npm"), *arguments, "--no-audit", "--no-fund", "--loglevel=error"]
    subprocess.run(command, cwd=WEB, check=True)
