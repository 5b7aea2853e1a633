#!/bin/sh
# A sweep in shares, so many at a time on this machine. The same command again runs the shares that failed or were interrupted; each
# goes on from what its directory holds.
#
#   sh gnu-parallel.sh sweep.yaml DIR [shares] [at a time]
set -eu
sweep=$1 dir=$2 shares=${3:-8} jobs=${4:-2}

mkdir -p "$dir"
seq 0 $((shares - 1)) |
  parallel --jobs "$jobs" --joblog "$dir/joblog" --resume-failed \
    initsweep run "$sweep" --shard "{}/$shares" --out "$dir/share-{}" --threads 1 --quiet
initsweep merge "$dir"/share-* --out "$dir/whole"
